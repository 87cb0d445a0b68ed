"""The output of grading: tables, pages, exports."""
