"""What is measured, by `python -m bench`; figures and machine are in bench/results. No test asserts a time."""
