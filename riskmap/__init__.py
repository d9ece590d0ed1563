"""Library under the dashboard and the command line; rooms and import order are drawn in docs/structure.md."""
