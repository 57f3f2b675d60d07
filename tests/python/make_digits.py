"""Writes the handwritten digits that ship with Torchbridge, from scikit-learn's copy of them.

The resource is the gzip of one record of 65 bytes per image: the digit, then its 8x8 pixels, row by row, from 0 to 16.
"""

import gzip
import pathlib

import numpy
from sklearn.datasets import load_digits

TARGET = pathlib.Path(__file__).parents[2] / "src/main/resources/org/torchbridge/vision/digits.gz"

digits = load_digits()
records = numpy.column_stack([digits.target, digits.data]).astype(numpy.uint8)
# No time stamp and no file name, so that every run writes the same bytes.
TARGET.write_bytes(gzip.compress(records.tobytes(), compresslevel=9, mtime=0))
