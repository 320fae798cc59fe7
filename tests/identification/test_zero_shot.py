"""Classes that nobody taught."""

from __future__ import annotations

import pytest
import soundfile
from networks_support import RATE, SPEC, TEXT, high, low, write_joint_network

from linernotes.identification.zero_shot import ClassesError, tell_classes, words_network
from linernotes.networks import NetworkError, install

pytest.importorskip("tokenizers", reason="tokenizers is not installed")


def test_sounds_are_told_by_words_alone(tmp_path, capsys):
    with pytest.raises(NetworkError, match="'nobody'"):
        words_network("nobody")
    files = write_joint_network(tmp_path / "files")
    spec = (SPEC + TEXT).replace('"toy"', '"joint"').replace('"MIT"', '"CC-BY-NC-4.0"')
    network = install(
        spec.replace("free = true", "free = false").encode(), files=files,
        accepted_licence="CC-BY-NC-4.0",
    )  # fmt: skip
    assert words_network("joint").spec == network.spec
    soundfile.write(tmp_path / "a hum.wav", 0.5 * low(3, 140), RATE)
    soundfile.write(tmp_path / "a hiss.wav", 0.5 * high(3, 5800), RATE)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    names = ["a hum.wav", "a hiss.wav", "broken.wav"]
    told = list(
        tell_classes(
            [str(tmp_path / name) for name in names], ["low", "high hiss", "low"],
            network=network, workers=1,
        )
    )  # fmt: skip
    assert [each.classes[0][0] for each in told[:2]] == ["low", "high hiss"]
    assert sum(share for _, share in told[0].classes) == pytest.approx(1)
    assert told[0].as_dict()["licence"] == "heard by A toy (CC-BY-NC-4.0, not a free licence)"
    assert told[2].failure is not None
    assert told[2].as_dict()["error"]["code"] == told[2].failure.code
    for classes in (["one"], [""], [], ["x" * 300, "y"], [str(i) for i in range(600)]):
        with pytest.raises(ClassesError, match="name 2 to"):
            list(tell_classes([], classes, network=network))

    from linernotes.cli.identify import tell_named_classes

    assert tell_named_classes(
        [str(tmp_path / "a hum.wav")], "low,high", network="joint", workers=1, as_json=False
    ) == (1, 0)
    out, err = capsys.readouterr()
    assert out.splitlines()[1].split()[0] == "low"
    assert "A toy (CC-BY-NC-4.0, not a free licence) from the words alone" in err
