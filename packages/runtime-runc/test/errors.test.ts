import ociPlugin from '@holdfast/runtime-oci';
import runcPlugin from '@holdfast/runtime-runc';
import { describeRecordedErrors } from '../../runtime-oci/test/support/recorded-errors.js';
import { RUNC_1_1_5 } from './fixtures/runc-1.1.5.js';

describeRecordedErrors('the runc plugin reads the errors of runc 1.1.5', runcPlugin, RUNC_1_1_5);
describeRecordedErrors('the oci plugin reads the errors of runc 1.1.5', ociPlugin, RUNC_1_1_5);
