import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Exposition } from './exposition.js';

/** What this process uses. */
export function addProcess(to: Exposition): void {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  to.add('holdfast_process_cpu_seconds_total', (user + system) / 1e6);
  to.add('holdfast_process_resident_memory_bytes', rss);
  to.add('holdfast_process_heap_bytes', heapUsed);
  to.add('holdfast_process_start_time_seconds', performance.timeOrigin / 1000);
  addDescriptors(to);
}

function addDescriptors(to: Exposition): void {
  try {
    // One is the directory itself.
    to.add('holdfast_process_open_fds', readdirSync('/proc/self/fd').length - 1);
    const most = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    if (most !== undefined) to.add('holdfast_process_max_fds', Number(most));
  } catch {
    // No descriptor is left to count them with: the rest is worth more than ever.
  }
}
