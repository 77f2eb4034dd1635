"""Mean, median and standard deviation of the numbers given as JSON on standard input."""

import json
import statistics
import sys

numbers = json.load(sys.stdin)["numbers"]
print(f"got {len(numbers)} numbers", file=sys.stderr)
json.dump(
    {
        "count": len(numbers),
        "mean": statistics.mean(numbers),
        "median": statistics.median(numbers),
        "deviation": statistics.pstdev(numbers),
    },
    sys.stdout,
)
