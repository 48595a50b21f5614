"""``python -m indexer.cli``: the command line where the program ``questions`` is not installed."""

import sys

from indexer.cli import main

sys.exit(main())
