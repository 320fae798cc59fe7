"""ONNX files made of what makers of networks publish, in a process of its own that has torch.

    python -m linernotes.networks.conversions KIND SOURCE OUTPUT

`saved_models` are folders as transformers saves them. Networks of which torch weights alone are
published have their architecture here, in a module each, written after its paper: a function of the
weights, whose widths are read off them. `weights` reads these: numbers, and nothing else. `layers`
is what architectures are made of, `exporting` writes the files and sees that they answer alike.
"""
