"""What grading leaves to read: tables, pages, exports."""
