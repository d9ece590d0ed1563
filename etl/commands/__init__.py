"""The commands of `python -m etl`, one module per family; `etl.cli` puts them together."""
