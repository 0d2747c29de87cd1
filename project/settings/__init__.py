"""Settings: `base` for both worlds, `local` for a laptop or a container."""
