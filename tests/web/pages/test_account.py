import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from node.ids import fingerprint
from node.local import passes
from node.store.tables.all import metadata
from node.store.tables.members import Member, Session
from tests.support.browsing import PASSWORD, Browser, Page
from tests.support.dbhash import no_effect

SID = "__Host-sid"


async def rows(island, table):
    async with island.node.reading() as session:
        return list(await session.scalars(select(table)))


class TestSigningUp:
    async def test_a_newcomer_is_signed_in(self, opens):
        page = await (browser := opens()).submit("/sign-up", {"name": "ada", "password": PASSWORD})
        assert page.status == 303
        assert page.response.headers["location"] == "/first-steps"
        assert "/u/ada" in (await browser.get("/")).links

    async def test_the_session_cookie_is_kept_from_scripts_and_bound_to_the_host(self, opens):
        page = await opens().submit("/sign-up", {"name": "ada", "password": PASSWORD})
        cookie = next(one for one in page.response.headers.get_list("set-cookie") if one.startswith(SID))
        for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie

    @pytest.mark.parametrize(
        "name",
        [
            "аdmin",
            "admin_",
            "ADMIN",
            "adm1n",
            "root",
            "a",
            "x" * 51,
            "ada marin",
            "ada@x",
            "../x",
            "archipe1",
            "suрport",
        ],
    )
    async def test_confusable_and_malformed_names_are_refused(self, stranger, beta, name):
        async with no_effect(beta.node.database):
            page = await stranger.submit("/sign-up", {"name": name, "password": PASSWORD})
        assert page.status == 422
        assert page.form("/sign-up").fields["name"] == name
        assert "name-wrong" in page.response.text

    async def test_nobody_comes_close_to_an_administrators_name(self, stranger, beta):
        async with beta.node.transaction() as tx:
            secret = await passes.issue(tx, passes.ADMINISTRATOR)
        await stranger.submit(f"/welcome/{secret}", {"name": "gisela", "password": PASSWORD})
        page = await Browser(beta.app, "https://beta.example").submit(
            "/sign-up", {"name": "g1se1a", "password": PASSWORD}
        )
        assert page.status == 422
        assert "looks too much like" in page.text

    async def test_a_name_is_taken_by_a_person_and_by_a_group(self, ada, opens):
        await ada.founds("bees")
        for name in ("ada", "bees"):
            page = await opens().submit("/sign-up", {"name": name, "password": PASSWORD})
            assert page.status == 422
            assert "This name is taken" in page.text

    async def test_the_password_is_asked_again_and_never_shown(self, stranger):
        page = await stranger.submit("/sign-up", {"name": "ada", "password": "short"})
        assert page.status == 422
        assert "at least 10 characters" in page.text
        assert "short" not in page.response.text

    async def test_a_machine_falls_into_the_trap(self, stranger, beta):
        async with no_effect(beta.node.database):
            page = await stranger.submit(
                "/sign-up", {"name": "ada", "password": PASSWORD, "website": "https://spam.example"}
            )
        assert page.status == 422

    async def test_a_role_cannot_be_brought_along(self, stranger, beta):
        async with no_effect(beta.node.database):
            page = await stranger.submit(
                "/sign-up", {"name": "ada", "password": PASSWORD, "role": "administrator"}
            )
        assert page.status == 422
        assert "does not belong to it" in page.text

    async def test_one_network_makes_only_so_many_accounts_a_day(self, beta):
        statuses = []
        for number in range(12):
            async with Browser(beta.app, "https://beta.example", address=f"203.0.113.{number}") as browser:
                page = await browser.submit("/sign-up", {"name": f"m{number}", "password": PASSWORD})
                statuses.append(page.status)
        assert statuses == [303] * 10 + [429] * 2
        assert len(await rows(beta, Member)) == 10

    async def test_a_closed_node_says_so(self, sea, opens):
        island = await sea.node("closed.example", registrations="closed")
        browser = opens(island)
        assert (await browser.get("/sign-up")).status == 403
        assert "/sign-up" not in " ".join((await browser.get("/")).links)

    async def test_a_member_is_led_on(self, ada):
        assert (await ada.get("/sign-up?next=/groups")).response.headers["location"] == "/groups"
        assert (await ada.get("/sign-in?next=/groups")).response.headers["location"] == "/groups"


class TestSigningIn:
    @pytest.mark.parametrize("name", ["ada", "@ada", "ADA", "ada@beta.example", " ada "])
    async def test_by_name_in_the_forms_that_people_write(self, ada, stranger, name):
        assert (await stranger.signs_in(name)).status == 303
        assert (await stranger.get("/settings")).status == 200

    async def test_an_unknown_name_and_a_wrong_password_look_alike(self, ada, opens):
        pages = [await opens().signs_in(name, "not the right one") for name in ("ada", "eve")]
        assert [page.status for page in pages] == [422, 422]
        known, unknown = (
            page.response.text.replace("eve", "ada").replace(page.form("/sign-in").fields["csrf"], "")
            for page in pages
        )
        assert known == unknown

    async def test_an_account_takes_ten_wrong_passwords_from_wherever(self, ada, opens):
        statuses = [(await opens().signs_in("ada", f"wrong {number}")).status for number in range(11)]
        assert statuses == [422] * 10 + [429]
        page = await opens().signs_in("ada")
        assert page.status == 429
        assert int(page.response.headers["retry-after"]) == 15 * 60

    async def test_the_window_ends(self, ada, opens, beta):
        for number in range(11):
            await opens().signs_in("ada", f"wrong {number}")
        beta.sea.clock.advance(minutes=16)
        assert (await opens().signs_in("ada")).status == 303

    async def test_success_forgets_the_failures(self, ada, opens):
        for _ in range(3):
            for number in range(6):
                await opens().signs_in("ada", f"wrong {number}")
            assert (await opens().signs_in("ada")).status == 303

    async def test_an_address_takes_fifty_tries_whatever_it_says_of_itself(self, beta):
        async with Browser(beta.app, "https://beta.example", address="203.0.113.9") as browser:
            page = await browser.get("/sign-in")
            fields = page.form("/sign-in").fields
            statuses = []
            for number in range(51):
                fields |= {"name": f"nobody{number}", "password": "x"}
                sent = await browser.send("/sign-in", fields, **{"x-forwarded-for": f"192.0.2.{number}"})
                statuses.append(sent.status)
        assert statuses == [422] * 50 + [429]

    async def test_a_session_set_beforehand_is_replaced(self, ada, stranger, beta):
        planted = ada.client.cookies[SID]
        stranger.client.cookies.set(SID, planted, domain="beta.example")
        await stranger.get("/sign-out")
        page = await stranger.submit("/sign-out", {})
        assert page.status == 303
        assert (await ada.get("/settings")).status == 303
        await stranger.signs_in("ada")
        assert stranger.client.cookies[SID] != planted
        assert len(await rows(beta, Session)) == 1

    @pytest.mark.parametrize(
        "onward",
        [
            "//evil.example",
            "/\\evil.example",
            "https:evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/%0d%0aSet-Cookie:x=y",
            "/\r\nX: y",
            "\t//evil.example",
            "evil.example",
            "/ /evil.example",
        ],
    )
    async def test_the_way_on_stays_on_this_node(self, ada, stranger, onward):
        page = await stranger.submit("/sign-in", {"name": "ada", "password": PASSWORD, "next": onward})
        assert page.status == 303
        target = page.response.headers["location"]
        assert target.startswith("/")
        assert not target.startswith(("//", "/\\"))
        assert "evil" not in target
        assert "x" not in page.response.headers
        assert SID in stranger.client.cookies

    async def test_the_way_on_is_kept(self, ada, stranger):
        page = await stranger.get("/settings")
        assert page.response.headers["location"] == "/sign-in?next=/settings"
        door = await stranger.follow(page)
        fields = door.form("/sign-in").fields | {"name": "ada", "password": PASSWORD}
        assert (await stranger.send("/sign-in", fields)).response.headers["location"] == "/settings"

    async def test_the_database_holds_no_usable_secret(self, ada, beta):
        cookie = ada.client.cookies[SID]
        async with beta.node.reading() as session:
            dump = ""
            for table in metadata.sorted_tables:
                dump += repr((await session.execute(select(table))).all())
        assert cookie not in dump
        assert PASSWORD not in dump
        assert fingerprint(cookie) in dump
        assert "$argon2id$" in dump

    async def test_a_disabled_account_is_out_at_once(self, ada, beta, stranger):
        async with beta.node.transaction() as tx:
            await tx.session.execute(
                text("UPDATE members SET disabled_at = :now"), {"now": "2026-01-01 00:00:00"}
            )
        assert (await ada.get("/settings")).status == 303
        assert (await stranger.signs_in("ada")).status == 422

    async def test_a_session_ends_after_a_month(self, ada, beta):
        beta.sea.clock.advance(days=31)
        assert (await ada.get("/settings")).status == 303

    async def test_a_session_in_use_is_renewed_by_acts(self, ada, beta):
        await ada.founds("bees")
        for _ in range(3):
            beta.sea.clock.advance(days=20)
            assert (await ada.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")).status == 303
        assert (await ada.get("/settings")).status == 200


class TestSigningOut:
    async def test_the_session_is_over_everywhere(self, ada):
        cookie = ada.client.cookies[SID]
        page = await ada.submit("/sign-out")
        assert page.status == 303
        assert page.response.headers["clear-site-data"] == '"cache", "cookies", "storage"'
        assert SID not in ada.client.cookies
        ada.client.cookies.set(SID, cookie, domain="beta.example")
        assert (await ada.get("/settings")).status == 303

    async def test_who_is_not_signed_in_is_led_to_the_front_page(self, stranger):
        page = await stranger.get("/sign-out")
        assert (page.status, page.response.headers["location"]) == (303, "/")


class TestTheOneTimeLink:
    @pytest.fixture
    async def secret(self, beta):
        async with beta.node.transaction() as tx:
            return await passes.issue(tx, passes.ADMINISTRATOR)

    async def roles(self, island):
        return [member.role for member in await rows(island, Member)]

    async def test_looking_does_not_use_it(self, stranger, beta, secret):
        async with no_effect(beta.node.database):
            for _ in range(3):
                page = await stranger.get(f"/welcome/{secret}")
                assert page.status == 200
        assert page.response.headers["referrer-policy"] == "no-referrer"

    async def test_a_stranger_becomes_an_administrator_once(self, stranger, opens, beta, secret):
        page = await stranger.submit(f"/welcome/{secret}", {"name": "gisela", "password": PASSWORD})
        assert page.status == 303
        assert await self.roles(beta) == ["administrator"]
        assert (await opens().get(f"/welcome/{secret}")).status == 410

    async def test_a_mistake_does_not_use_it(self, stranger, secret):
        page = await stranger.submit(f"/welcome/{secret}", {"name": "x", "password": "short"})
        assert page.status == 422
        assert (await stranger.get(f"/welcome/{secret}")).status == 200

    async def test_a_member_is_raised_and_gets_a_new_session(self, ada, beta, secret):
        before = ada.client.cookies[SID]
        assert (await ada.submit(f"/welcome/{secret}")).status == 303
        assert await self.roles(beta) == ["administrator"]
        assert ada.client.cookies[SID] != before

    async def test_of_two_at_once_one_succeeds(self, ada, bo, beta, secret):
        forms = [(await one.get(f"/welcome/{secret}")).forms[-1] for one in (ada, bo)]
        pages = await asyncio.gather(
            *(one.send(f"/welcome/{secret}", form.fields) for one, form in zip((ada, bo), forms, strict=True))
        )
        assert sorted(page.status for page in pages) == [303, 410]
        assert sorted(await self.roles(beta)) == ["administrator", "member"]

    async def test_it_expires(self, stranger, beta, secret):
        beta.sea.clock.advance(seconds=(passes.LASTS + timedelta(seconds=1)).total_seconds())
        assert (await stranger.get(f"/welcome/{secret}")).status == 410

    async def test_it_works_on_a_closed_node(self, sea, opens):
        island = await sea.node("closed.example", registrations="closed")
        async with island.node.transaction() as tx:
            secret = await passes.issue(tx, passes.ADMINISTRATOR)
        page = await opens(island).submit(f"/welcome/{secret}", {"name": "gisela", "password": PASSWORD})
        assert page.status == 303

    async def test_a_made_up_one_leads_nowhere(self, stranger):
        page: Page = await stranger.get("/welcome/made-up")
        assert page.status == 410
