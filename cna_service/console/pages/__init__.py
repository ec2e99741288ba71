"""One module for each part of the console: its routes, each a form or a page."""
