"""``linernotes subsonic``."""

from __future__ import annotations

import json

from rich.console import Console

from linernotes.integrations.subsonic.authentication import PasswordFile


def show_password(*, renew: bool = False, as_json: bool = False) -> None:
    """Print the user, the password and the API key of apps.

    Parameters
    ----------
    renew
        Whether to make new ones.
    as_json
        Whether to print an object.
    """
    file = PasswordFile()
    known = None if renew else file.read()
    known = known or file.renew()
    if as_json:
        print(json.dumps(
            {"user": known.user, "password": known.password, "api_key": known.api_key}
        ))  # fmt: skip
        return
    output = Console(highlight=False, soft_wrap=True)
    output.print(f"user      {known.user}", markup=False)
    output.print(f"password  {known.password}", markup=False)
    output.print(f"API key   {known.api_key}", markup=False)
