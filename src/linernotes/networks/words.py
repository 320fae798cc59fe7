"""Words put where a network puts their sound: to search by any words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.networks.front_ends import Floats
from linernotes.networks.installed import InstalledNetwork, open_text_tower
from linernotes.networks.spec import TOKENIZER, NetworkError, NetworkSpec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_LONGEST_TEXT = 2_000
_LARGEST_TOKENIZER = 64 << 20


def embed_words(network: InstalledNetwork, texts: Sequence[str]) -> Floats:
    """Return where a network puts texts.

    Parameters
    ----------
    network
        One that hears words as well.
    texts
        What is looked for, such as "a sad violin over rain".

    Returns
    -------
    float32, shape (texts, size)
        Of length 1: the scalar product with the embedding of a track says how well it fits.

    Raises
    ------
    NetworkError
        It hears no words, or ``tokenizers`` is not installed.

    Examples
    --------
    >>> embed_words(find_installed("clap"), ["rain"]).shape  # doctest: +SKIP
    (1, 512)
    """
    session = open_text_tower(network)
    return run_text_tower(network.spec, session, token_ids(network.spec, network.folder, texts))


def token_ids(spec: NetworkSpec, folder: Path, texts: Sequence[str]) -> list[NDArray[np.int64]]:
    """Return the tokens of texts.

    Parameters
    ----------
    spec, folder
        Of the network, whose tokeniser it is.
    texts
        Any.

    Returns
    -------
    list of int64, shape (tokens,)
        No text has none.

    Raises
    ------
    NetworkError
        The tokeniser cannot be used.
    """
    text = spec.text
    if text is None:
        raise NetworkError(f"the network {spec.name} hears no words")
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise NetworkError(
            "words for a network need tokenizers; call: pip install 'linernotes[networks]'"
        ) from None
    file = folder / TOKENIZER
    try:
        if file.stat().st_size > _LARGEST_TOKENIZER:
            raise NetworkError("the tokeniser of the network is larger than any")
        tokeniser = Tokenizer.from_file(str(file))
    except NetworkError:
        raise
    except Exception as error:  # tokenizers raises no other
        raise NetworkError(f"the tokeniser of the network {spec.name} is damaged") from error
    tokeniser.enable_truncation(text.longest)
    tokeniser.no_padding()
    put = [text.prompt.replace("{}", each[:_LONGEST_TEXT]) for each in texts]
    found = [np.array(each.ids, np.int64) for each in tokeniser.encode_batch(put)]
    if any(not len(ids) for ids in found):
        raise NetworkError("the tokeniser of the network finds nothing in these words")
    return found


def run_text_tower(
    spec: NetworkSpec, session: InferenceSession, tokens: Sequence[NDArray[np.int64]]
) -> Floats:
    """Run the part of a network that hears words.

    Parameters
    ----------
    spec
        Of the network.
    session
        The graph, ready to run.
    tokens
        Of each text.

    Returns
    -------
    float32, shape (texts, size)
        Of length 1.

    Raises
    ------
    NetworkError
        The graph does not take tokens, or tells what is no number.
    """
    text = spec.text
    if text is None:
        raise NetworkError(f"the network {spec.name} hears no words")
    rows = []
    for ids in tokens:
        given = {text.tokens: ids[np.newaxis]}
        if text.mask is not None:
            given[text.mask] = np.ones_like(ids)[np.newaxis]
        try:
            (told,) = session.run([text.output], given)
        except Exception as error:  # onnxruntime has no exception that can be named
            raise NetworkError(
                f"the words of the network {spec.name} do not run ({str(error).strip()[:200]})"
            ) from error
        row = np.asarray(told, np.float64).reshape(-1)
        if not np.isfinite(row).all():
            raise NetworkError(f"the network {spec.name} puts words where there is no number")
        rows.append(row / max(float(np.linalg.norm(row)), 1e-12))
    return np.array(rows, np.float32)
