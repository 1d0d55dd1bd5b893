"""No page asks the database more when there is more in it: each list is read with a fixed number of statements.

Asked of every route, with few rows and with ten times as many, of the shape that the benches read (`benchmarks.dataset`).
"""

from benchmarks import dataset, everypage

FEW = dataset.Size("few", 60, 900, 12, 30, 4)
MANY = dataset.Size("many", 600, 4000, 120, 300, 40)


async def counted(size, folder):
    async with everypage.reading(await dataset.build(size, folder)) as reader:
        counts = {}
        for route, path in reader.addresses().items():
            await reader.statements(path)  # some is learnt once, such as what the catalogues hold
            counts[route] = await reader.statements(path)
    return {route: count for route, count in counts.items() if count is not None}


async def test_no_page_asks_more_of_a_larger_database(tmp_path):
    few = await counted(FEW, tmp_path / "few")
    many = await counted(MANY, tmp_path / "many")
    assert len(many) > 45
    assert set(few) == set(many)
    assert {route: (few[route], count) for route, count in many.items() if count > few[route]} == {}
    assert {route: count for route, count in many.items() if count > 40} == {}
