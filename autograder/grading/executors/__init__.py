"""Where judges run: threads of this process, other processes, a cluster."""
