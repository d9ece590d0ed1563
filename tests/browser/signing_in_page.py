"""`python -m tests.browser.signing_in_page`: the server with a page that tells who has signed in, and nothing else.

What is asked with `?out` signs out, with `?environment` tells the names and values of the environment.
"""

import os
from pathlib import Path

import streamlit as st

from riskmap.domain.errors import SignInRefused
from riskmap.ui import serve, signing_in


def draw() -> None:
    try:
        identity = signing_in.signed_in()
    except SignInRefused as refused:
        st.text(f"refused: {refused.values['reason']}")
        identity = None
    if identity is None:
        st.text("nobody")
        st.download_button("numbers for all", "of all", "all.csv")
        signing_in.sign_in_button("en")
    else:
        st.text(f"subject: {identity.subject}")
        signing_in.signed_in_as(identity, "en")
        st.download_button("exact numbers", f"of {identity.subject}", "exact.csv")
        if "out" in st.query_params:
            signing_in.sign_out(identity)
    if "environment" in st.query_params:
        st.text("\n".join(f"{name}={value}" for name, value in os.environ.items()))


if st.runtime.exists():
    draw()
elif __name__ == "__main__":
    serve.DASHBOARD = Path(__file__)  # type: ignore[misc]
    serve.main()
