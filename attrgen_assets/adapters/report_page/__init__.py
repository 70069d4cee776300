"""The report page: HTML by jinja2, plots by matplotlib as SVG inside of it. One file that asks nobody for anything."""
