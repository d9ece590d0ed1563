"""The dashboard: `streamlit run dashboard.py`."""

from riskmap.ui.shell import run

run()
