import { describeLogDriver } from '@holdfast/testkit';
import { memoryDriver } from './support/memory-driver.js';

describeLogDriver({ name: 'a driver without mistakes', definition: memoryDriver() });
