"""One bad file for every rule: a named accident, and exactly that code comes of it."""

from tests.etl.faulty import areas, comparisons, keys, layouts, periods, spreadsheets, values, whole_files
from tests.etl.faulty.bench import FAULTY

__all__ = ["FAULTY", "areas", "comparisons", "keys", "layouts", "periods", "spreadsheets", "values", "whole_files"]
