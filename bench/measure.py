"""Runs one command and says what it used: python3 measure.py OUTPUT COMMAND [ARGUMENT...]

The command's standard output goes to the file OUTPUT. Prints one JSON document; the figures are of
the whole process with all of its threads, as the kernel counts them.
"""
import json
import os
import sys
import time

output, *command = sys.argv[1:]
started = time.monotonic()
pid = os.fork()
if pid == 0:
    os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 1)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
        os._exit(127)
_, status, used = os.wait4(pid, 0)
print(
    json.dumps(
        {
            "status": os.waitstatus_to_exitcode(status),
            "cpuSeconds": used.ru_utime + used.ru_stime,
            "wallSeconds": time.monotonic() - started,
            # Linux counts kilobytes, macOS bytes.
            "peakMemoryBytes": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        }
    )
)
