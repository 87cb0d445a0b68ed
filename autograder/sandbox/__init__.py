"""The wall between judge and worker: only plain data crosses it.

The judge (see `autograder.grading`) asks the `zygote` for a worker and runs the checks against a
`remote` engine; the zygote forks a `keeper`, which encloses and watches the `worker`, which runs
the learner's cells and answers calls. `wire` is what both sides speak, `isolation` what a worker
gives up before the learner's first line.
"""
