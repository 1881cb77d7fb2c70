"""Makes the folder of the load generating process importable, as it is for that process."""

import sys

from apiforge import paths

sys.path.insert(0, str(paths.loadtests()))
