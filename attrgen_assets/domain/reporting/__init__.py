"""What is told of runs and of measurements: pure; how it is drawn is the command line's work."""
