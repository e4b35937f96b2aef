// The services as clients know them, read from the .proto itself.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { root } from './server.mjs';

function describe() {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-proto-'));
  try {
    const file = join(folder, 'descriptors');
    execFileSync('protoc', ['-I', join(root, 'host/compat'), `--descriptor_set_out=${file}`, 'campaign_rpc.proto']);
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(file)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const registry = describe();
export const CampaignService = registry.getService('v1.CampaignService');
export const CouponService = registry.getService('v1.CouponService');
export const CreateCampaignReq = registry.getMessage('v1.CreateCampaignReq');
