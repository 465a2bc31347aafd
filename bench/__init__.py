"""Every performance figure that EXOS states, as a ratio measured in one run on one machine. See README.md."""
