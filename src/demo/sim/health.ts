/** What a health endpoint answers, computed from the state of the world. */
import type { BodyField, CheckSpec, ServiceName } from '../../core/model/topology.ts';
import type { RaftRole } from './raft.ts';

/** What one instance knows of itself and of the services it is linked to. */
export type InstanceView = {
  readonly raft?: {
    readonly joined: boolean;
    readonly role: RaftRole;
    readonly size: number;
    readonly term: number;
  };
  readonly linked: (service: ServiceName) => boolean;
};

export type HealthAnswer = { readonly status: number; readonly contentType: string; readonly body: string };

type Complaint = { readonly status: string; readonly error: string };

const complaint = (fields: readonly BodyField[], view: InstanceView): Complaint | undefined => {
  if (view.raft !== undefined && !view.raft.joined) return { status: 'joining', error: 'not a member yet' };
  if (view.raft?.role === 'candidate') return { status: 'degraded', error: 'no leader' };
  const cut = fields.find(
    (field) => field.role === 'link' && field.service !== undefined && !view.linked(field.service),
  );
  return cut === undefined ? undefined : { status: 'degraded', error: `${cut.name} disconnected` };
};

const fieldValue = (field: BodyField, view: InstanceView, wrong: Complaint | undefined): string | number => {
  switch (field.role) {
    case 'status':
      return wrong === undefined ? (field.equals ?? 'healthy') : wrong.status;
    case 'raft':
      return view.raft?.role ?? 'follower';
    case 'cluster-size':
      return view.raft?.size ?? 1;
    case 'link':
      return field.service === undefined || view.linked(field.service)
        ? (field.equals ?? 'connected')
        : 'disconnected';
    case 'info':
      return field.example ?? '';
    default: {
      const never: never = field.role;
      return never;
    }
  }
};

/** The documented answer when all is well, 503 with the same fields and the reason when it is not. */
export const healthAnswer = (spec: CheckSpec, view: InstanceView): HealthAnswer => {
  switch (spec.kind) {
    case 'https-json': {
      const wrong = complaint(spec.fields, view);
      const body: Record<string, string | number> = {};
      for (const field of spec.fields) body[field.name] = fieldValue(field, view, wrong);
      if (wrong !== undefined) body.error = wrong.error;
      if (wrong !== undefined && view.raft !== undefined) body.term = view.raft.term;
      return {
        status: wrong === undefined ? spec.status : 503,
        contentType: 'application/json',
        body: JSON.stringify(body),
      };
    }
    case 'https-text':
      return { status: spec.status, contentType: 'text/plain; charset=utf-8', body: spec.text };
    case 'dns':
    case 'tcp':
      return { status: 404, contentType: 'text/plain; charset=utf-8', body: 'not found' };
    default: {
      const never: never = spec;
      return never;
    }
  }
};
