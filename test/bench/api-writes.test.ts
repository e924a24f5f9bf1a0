import { expect } from 'chai';
import { parseWriteCounts, writesPerPod } from '../../bench/api-writes.ts';

const METRICS = `# HELP apiserver_request_total Counter of requests
# TYPE apiserver_request_total counter
apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="pods",scope="resource",subresource="",verb="POST",version="v1"} 100
apiserver_request_total{code="409",component="apiserver",dry_run="",group="",resource="pods",scope="resource",subresource="",verb="POST",version="v1"} 3
apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="pods",scope="resource",subresource="binding",verb="POST",version="v1"} 50
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="WATCH",version="v1"} 9
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="resource",subresource="status",verb="PATCH",version="v1"} 10
apiserver_request_total{code="200",component="apiserver",dry_run="",group="coordination.k8s.io",resource="leases",scope="resource",subresource="",verb="PUT",version="v1"} 1e+03
apiserver_request_total{code="200",component="apiserver",dry_run="",group="scheduling.volcano.sh",resource="podgroups",scope="resource",subresource="",verb="PATCH",version="v1beta1"} 8
apiserver_request_duration_seconds_count{resource="pods",subresource="",verb="POST"} 77
`;

describe('API writes', () => {
  it('are read from the metrics, all codes together, reads left out', () => {
    expect([...parseWriteCounts(METRICS)]).to.deep.equal([
      ['POST pods', 103],
      ['POST pods/binding', 50],
      ['PATCH pods/status', 10],
      ['PUT leases', 1000],
      ['PATCH podgroups', 8],
    ]);
  });

  it('are told for each pod by kind, with leases beside the total', () => {
    const before = new Map([
      ['POST pods', 3],
      ['PUT leases', 900],
    ]);
    const after = new Map([
      ...parseWriteCounts(METRICS),
      ['POST events', 4],
      ['PUT nodes/status', 2],
      ['DELETE secrets', 0],
    ]);
    expect(writesPerPod(before, after, 100)).to.deep.equal({
      podCreate: 1,
      podBinding: 0.5,
      podStatus: 0.1,
      event: 0.04,
      podGroup: 0.08,
      lease: 1,
      other: 0.02,
      total: 1.74,
    });
  });
});
