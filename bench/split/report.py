"""Prints what some work took, as report.ts does."""

import json
import resource
import sys
import time


def report(work):
    start = time.perf_counter()
    work(*sys.argv[1:3])
    seconds = time.perf_counter() - start
    usage = resource.getrusage(resource.RUSAGE_SELF)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    cpu_seconds = usage.ru_utime + usage.ru_stime
    print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "rssMiB": usage.ru_maxrss / unit}))
