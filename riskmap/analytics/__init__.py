"""Published build to views: what the screen and the files are drawn from."""
