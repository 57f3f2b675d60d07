"""Checks models with the ONNX project's own checker, types and shapes included; prints what is wrong, nothing if nothing is.

python3 tests/python/check_onnx.py FILE...
"""
import sys

import onnx

for path in sys.argv[1:]:
    try:
        onnx.checker.check_model(path, full_check=True)
    except Exception as e:
        print(f"{path}: {e}")
