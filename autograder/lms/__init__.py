"""Learning management systems: read the tables that they export, write those that they import."""
