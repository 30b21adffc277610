"""Build the chapters and grade what students hand in."""
