"""`python -m riskmap.ui.serve [streamlit options]`: the dashboard on a server that calls nobody.

Streamlit asks an outside host for the machine's public address, at its start and for every visitor whose origin it
does not know; the answer is given here beforehand.
"""

import sys
from pathlib import Path

from streamlit import net_util
from streamlit.web import cli

from riskmap.ui.checking import most_upload_mb

DASHBOARD = Path(__file__).parents[2] / "dashboard.py"


def main() -> None:
    """Start Streamlit on the dashboard with the options given; returns when the server stops."""
    net_util._external_ip = ""
    sys.argv = ["streamlit", "run", str(DASHBOARD), f"--server.maxUploadSize={most_upload_mb()}", *sys.argv[1:]]
    cli.main()


if __name__ == "__main__":
    main()
