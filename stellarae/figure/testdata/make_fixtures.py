"""Write viridis.csv: the 256 colours of matplotlib's viridis as 8-bit red, green, blue.

Needs matplotlib (written with 3.11). Run in this folder: python make_fixtures.py
"""

import matplotlib
import numpy as np

table = np.asarray(matplotlib.colormaps["viridis"].colors)
np.savetxt("viridis.csv", np.round(table * 255), fmt="%d", delimiter=",")
