"""A page of nothing, under the frame and the navigation of all others."""

from riskmap.ui.shell import page

page(lambda: None)
