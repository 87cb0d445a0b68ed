"""Isolated worker processes that run a learner's code.

A judge (see `autograder.grading`) asks the zygote for a worker and runs the checks on a
`client.SandboxEngine`. The zygote forks a supervisor, and the supervisor forks the worker.

Modules in the judge's process:
    client: The engine that a check uses.
    worker_connection: The two sockets of a worker, and the deadlines on them.
    output: Limits on the output of a worker.
    protocol: Messages of plain data, which both sides exchange.

Modules in the zygote and in the processes that the zygote forks:
    zygote: The process that imports the scientific stack once and forks on request.
    supervisor: The process that watches a worker and kills all its processes.
    worker: The process that runs the cells and answers calls.
    notebook_shell: The execution of cells with IPython's magics.
    audit: The log of attempts to leave the sandbox.

Modules for the layers of isolation:
    isolation: The layers, and their order.
    readable: The allow list of places that a worker may read.
    filesystem: The root of a worker, which holds these places.
    probe: The proof that a worker opens no secret file.
    kernel_calls, landlock, syscall_filter: Calls of the Linux kernel; the filter refuses calls.
"""
