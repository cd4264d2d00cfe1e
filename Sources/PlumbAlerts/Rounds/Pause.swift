import Glibc

/// Waits.
func pause(milliseconds: Int) { usleep(UInt32(clamping: milliseconds * 1_000)) }
