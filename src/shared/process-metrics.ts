import { Counter, Gauge, type Registry } from '@prometheus-io/client';

/** CPU and memory under the names that dashboards know. The library's own set also polls the event loop: not for nothing. */
export function collectProcess(registers: Registry[]): void {
  const cpu: Counter = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, user and system',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / 1e6);
    },
  });
  const memory: Gauge = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process',
    registers,
    collect() {
      memory.set(process.memoryUsage.rss());
    },
  });
  const started = new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since 1970',
    registers,
  });
  started.set(Date.now() / 1000 - process.uptime());
}
