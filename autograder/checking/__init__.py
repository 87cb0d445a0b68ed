"""What the author of a check uses: assertions, proxies, likely causes."""
