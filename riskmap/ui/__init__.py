"""Numbers to screen: selection, map, tables, downloads, panels."""
