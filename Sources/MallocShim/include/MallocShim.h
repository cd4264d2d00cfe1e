#ifndef PLUMB_MALLOC_SHIM_H
#define PLUMB_MALLOC_SHIM_H

/// Returns to the kernel what the allocator has kept of freed memory.
void plumb_malloc_trim(void);

/// The bytes of memory that this process holds now; 0 if the kernel does not tell.
long plumb_resident_bytes(void);

#endif
