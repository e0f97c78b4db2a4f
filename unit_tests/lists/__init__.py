"""Every endpoint but the two ticket routes, under servers that hide, cut, refuse, fail and move what they list."""
