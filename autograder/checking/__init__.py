"""The tools of an author of checks: assertions, proxies, likely causes."""
