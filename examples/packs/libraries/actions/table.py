"""Draws rows of values as a table. The package "tabulate" comes from requirements.txt beside pack.yaml."""

import json
import sys

from tabulate import tabulate

print(tabulate(json.load(sys.stdin)["rows"], headers="keys", tablefmt="github"))
