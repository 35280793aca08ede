"""`python -m benchmarks 100k`."""

import sys

from benchmarks.run import main

sys.exit(main())
